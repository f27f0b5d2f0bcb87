"""What ought to be: facility classes and rule books."""
