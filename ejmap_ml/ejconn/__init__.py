"""EJCONN: does a tile hold ejecta of this crater?"""
