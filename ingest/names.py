"""Names in a drop folder that are no documents: what is being written, and what others leave."""

PROBE = ".mailroom-probe"
"""The file with which Mailroom tries whether a folder brings events."""

TEMPORARY_STARTS = (".", "~")
"""How copy programs, syncers and office programs begin the name of what they still write."""

TEMPORARY_ENDS = tuple(
    ".part .tmp .temp .crdownload .filepart .partial .download .opdownload .aria2 .incomplete "
    ".inprogress .uploading .upload .!sync .!ut .bts .swp .lck .lock ~".split()
)
"""What scanners, browsers, copy programs and syncers end such a name with."""

LEAVINGS = frozenset(
    "thumbs.db ehthumbs.db desktop.ini $recycle.bin #recycle lost+found @eadir .ds_store .apdisk "
    ".localized .spotlight-v100 .fseventsd .temporaryitems .trashes .directory .gitkeep .keep "
    ".stfolder .stignore .stversions .dropbox .dropbox.cache .snapshot .snapshots .zfs".split()
) | {"system volume information", PROBE}
"""What file managers and storage boxes leave behind, folded."""

LEAVINGS_STARTS = ("_receipt.", "._receipt.", "._", ".nfs", ".fuse_hidden", ".smbdelete", ".trash")
"""The beginnings of names that Mailroom, file servers and file managers give their own files."""


def is_leaving(name: str) -> bool:
    """Whether a file or folder is none of anybody's mail, however long it lies there."""
    folded = name.casefold()
    return folded in LEAVINGS or folded.startswith(LEAVINGS_STARTS)


def is_ignored(name: str) -> bool:
    """Whether a name is no document's, or not yet."""
    folded = name.casefold()
    return (
        is_leaving(name) or folded.startswith(TEMPORARY_STARTS) or folded.endswith(TEMPORARY_ENDS)
    )
