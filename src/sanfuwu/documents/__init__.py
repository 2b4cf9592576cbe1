"""What goes out on paper and as workbooks: the four ledgers, 交办单, 销号单."""
