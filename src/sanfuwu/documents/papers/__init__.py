"""交办单 and 销号单: what they say, their Word file, the code on them."""
