"""Pure rules of money: values in, decision or error out."""
