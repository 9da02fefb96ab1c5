"""How the shipped models are made: one command, in stages that can be stopped and resumed."""
