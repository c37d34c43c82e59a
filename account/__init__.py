"""What asks an AWS account: `make doctor`. It uses the credentials of the shell."""
