"""Django's database backend here: that of django-tenants, with a cheaper look at whether the server is there."""
