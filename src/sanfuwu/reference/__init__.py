"""What an office may set without a programmer: deadline rules, reason codes, words, reference data of its county."""
