"""A service of one slice that exists only for tests of the chassis: things that people make and read."""
