"""What must survive a restart: the database, jobs, feedback, and the files of jobs."""
