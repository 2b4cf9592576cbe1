"""Pages, one module per noun. They read `queries`, ask `policies` and call `acts`."""
