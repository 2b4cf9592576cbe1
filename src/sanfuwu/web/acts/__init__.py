"""Forms of the acts: made from each act's command, so that a page can ask for nothing an act does not know."""
