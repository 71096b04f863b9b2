"""The pages: what people see of the platform. A client of the gateway, like any other."""
