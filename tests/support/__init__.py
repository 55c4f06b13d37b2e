"""What do the tests stand on? Servers, a gateway that does as it is told, a wire that can be cut, and patience."""
