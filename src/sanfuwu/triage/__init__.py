"""What a dispatcher is told before he decides: responsible unit by category and place, look-alikes."""
