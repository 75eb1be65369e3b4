"""A demo city that a newcomer can walk through: organisations, people, and two weeks of loads in every state."""
