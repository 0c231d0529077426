"""A stand-in for AutoWeave Backend: it exposes every metric that the definitions declare, with life in it, and fails on request.

`python -m examples.autoweave_backend` serves it on http://localhost:3001, where the real backend would be.
"""
