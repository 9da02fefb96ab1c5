"""Files with rows: found out about, read and written, whatever their format."""
