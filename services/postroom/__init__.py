"""Postroom, a secure mailer for systemd machines: one service, one user, one sandbox per task."""
