"""What the pages show, as plain data: answers of an index turned into words and links. Templates only set it out.

Every link is one of our own pages or has passed `urls.safe_url`. Texts are as the records have them; escaping is the
templates' part. Only a hit's snippet and the plots are HTML, escaped where they are made.
"""
