"""A user namespace for the checks that are about other things in one."""
ROOT_OUTSIDE = 100000  # the user and group outside that are the root inside
SIZE = 65536


def mapping(inside, outside, size):
    """An entry of uidMappings and gidMappings."""
    return {"containerID": inside, "hostID": outside, "size": size}


# Edits that give a container one; the bundle's root then has to be the mapped root's: bundle.give_root_to(ROOT_OUTSIDE).
OWN_USERS = {
    "/linux/namespaces/-": {"type": "user"},
    "/linux/uidMappings": [mapping(0, ROOT_OUTSIDE, SIZE)],
    "/linux/gidMappings": [mapping(0, ROOT_OUTSIDE, SIZE)],
}
