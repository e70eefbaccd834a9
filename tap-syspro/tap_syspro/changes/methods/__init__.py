"""The methods of finding changed rows, one module each, called as the setting `tables` calls them."""
