"""One file per form that the journal has had."""
