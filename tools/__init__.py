"""Tools that develop and describe the project. Only tests import them."""
