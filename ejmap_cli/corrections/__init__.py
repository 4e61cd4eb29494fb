"""Commands by which a person corrects masks: hand them out, take them back as labels."""
