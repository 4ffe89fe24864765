"""A project: its `intentc.toml`, and the files it is made of."""

from intentc.project.files import bare_project, intent_files, read_source, read_sources
from intentc.project.load import find_project, load_project
from intentc.project.model import Apply, Credentials, Password, PasswordSource, Project, ProjectError

__all__ = [
    "Apply",
    "Credentials",
    "Password",
    "PasswordSource",
    "Project",
    "ProjectError",
    "bare_project",
    "find_project",
    "intent_files",
    "load_project",
    "read_source",
    "read_sources",
]
