"""`make doctor` says whether a deployed stack is all right. It only reads."""
