"""The demonstration: five companies, six weeks of mail on an embedded mail server, with the real worker."""
