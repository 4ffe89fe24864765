from intentc.cli import run

run()
