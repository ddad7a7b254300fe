"""Where do BASIC tunes get the C64's ROMs from?  Bundles that staff upload; we ship none."""
