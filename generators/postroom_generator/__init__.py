"""The generator: main.cf and master.cf in, systemd units out (systemd.generator(7)).

``plan`` decides which units there are and what stands in each (a pure function of the
configuration), ``render`` makes their text from the templates in ``units/``, ``write`` puts them
where systemd looks. Nothing is written before all of it is known to be right.

Run at boot and at every daemon-reload, within 150 ms, before any file system but the root is
sure to be there, with no network: it must not look anything up that could wait.
"""
