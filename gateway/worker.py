from gunicorn.workers.ggevent import GeventWorker


class Worker(GeventWorker):
    pass
