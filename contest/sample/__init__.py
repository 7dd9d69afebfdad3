"""The demo's sample: invented people and works that go through the same services as real ones."""
