"""Three machines that Vagrant starts and Ansible provisions: the second kind of cluster."""
