# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Settings of Sphinx for "make docs"."""

project = "senhasegura.mysafe"
copyright = "the senhasegura.mysafe authors"  # noqa: A001 - the name that Sphinx reads
title = "senhasegura.mysafe: API secrets in MySafe"
html_short_title = "senhasegura.mysafe"

extensions = ["sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
# What is linked outside of the collection: inventory.py writes the inventory, so building needs no network.
intersphinx_mapping = {"ansible": ("https://docs.ansible.com/ansible/latest/", "../ansible.inv")}

pygments_style = "ansible"
highlight_language = "YAML+Jinja"

html_theme = "sphinx_ansible_theme"
html_theme_options = {
    "collapse_navigation": False,
    "display_version": False,
    "documentation_home_url": "index.html",
    "vcs_pageview_mode": "",
}
html_css_files = ["tables.css"]
html_static_path = ["static"]
html_show_sphinx = False
html_use_smartypants = True
html_use_index = False
html_copy_source = False
nitpicky = True
