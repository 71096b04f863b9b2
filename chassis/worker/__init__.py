"""The worker process: nameko on eventlet, behind one door. Nothing else imports them.

One rule throughout: what is not proven settled is done again, and handlers bear a repetition.
"""
