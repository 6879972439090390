"""The lab's xapi: a strict XenAPI server that does to its machine what xapi would do.

It stands in for the real xapi, which cannot be built here, and says so. Facts come from the documentation and the data
model of xen-api and sm. No product code knows of it. `services.md` says what of xapi is real here and what is not.
"""
