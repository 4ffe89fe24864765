"""Labs: a topology as containerlab files (`export`), running on this machine (`starting`, `lab`), and measured (`probe`)."""
