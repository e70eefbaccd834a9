"""From a stream's records to the columns of an Anaplan file, by rules the user writes."""
