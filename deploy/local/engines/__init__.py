"""The real engines without containers: one module an engine, all of them alike (engine.py).

broker = RabbitMQ(folder)        # data, configuration, log, pid and password live in there
broker.start(tied=True)          # ends with the process that started it
broker.wait_ready()
broker.address, broker.management
broker.kill()                    # SIGKILL, as a fault test does; start() again afterwards
broker.stop()
"""
