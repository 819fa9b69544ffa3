"""What the tests of alerts share: a webhook on loopback, and things that break and mend."""
