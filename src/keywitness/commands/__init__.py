"""What each command of the command line does, one file a command; the pipeline does the work."""
