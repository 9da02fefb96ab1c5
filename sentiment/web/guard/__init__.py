"""What stands before every request: headers, names, forms of other sites, the gate."""
