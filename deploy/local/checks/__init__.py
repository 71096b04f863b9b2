"""What no tool checks for us. Each check gives lines `file:line: what is wrong`, or nothing."""
