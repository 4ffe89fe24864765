"""The topology: the model and its loader."""
