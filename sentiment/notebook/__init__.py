"""Where a notebook runs, how it shows a page under a cell, and how it starts and stops one."""
