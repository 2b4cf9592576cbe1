"""Problems from the workbooks that units already keep (“enter once”, product.md, need 1)."""
