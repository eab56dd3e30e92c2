-- A home-grown help desk in Spanish: no foreign keys, times as text, one table of people.
CREATE TABLE casos (id INTEGER PRIMARY KEY, folio TEXT, asunto TEXT, estado TEXT, prioridad INTEGER, cliente_id INTEGER, asignado_a INTEGER, canal TEXT, calificacion REAL, etiquetas TEXT, creado_en TEXT, actualizado_en TEXT, cerrado_en TEXT);
CREATE TABLE mensajes (id INTEGER PRIMARY KEY, caso_id INTEGER, usuario_id INTEGER, texto TEXT, interno INTEGER DEFAULT 0, enviado_en TEXT);
CREATE TABLE usuarios (id INTEGER PRIMARY KEY, nombre TEXT, correo TEXT, rol TEXT);
CREATE TABLE adjuntos (id INTEGER PRIMARY KEY, mensaje_id INTEGER, nombre_archivo TEXT, ruta TEXT);
CREATE TABLE plantillas (id INTEGER PRIMARY KEY, titulo TEXT, texto TEXT);
CREATE TABLE sesiones (id TEXT PRIMARY KEY, usuario_id INTEGER, datos TEXT, vence_en TEXT);
CREATE TABLE configuracion (clave TEXT PRIMARY KEY, valor TEXT);
CREATE TABLE bitacora (id INTEGER PRIMARY KEY, caso_id INTEGER, usuario_id INTEGER, accion TEXT, detalle TEXT, fecha TEXT);
CREATE TABLE productos (id INTEGER PRIMARY KEY, nombre TEXT, precio REAL);
CREATE TABLE pedidos (id INTEGER PRIMARY KEY, cliente_id INTEGER, total REAL, estado TEXT, creado_en TEXT);
CREATE TABLE equipos (id INTEGER PRIMARY KEY, nombre TEXT);
CREATE TABLE feriados (fecha TEXT PRIMARY KEY, nombre TEXT);
INSERT INTO usuarios VALUES (1,'Ana','ana@example.com','agente'), (2,'Ben','ben@example.com','cliente');
INSERT INTO casos VALUES (1,'C-001','Impresora en llamas','abierto',1,2,1,'web',NULL,'facturas, vip','2026-02-01 09:00:00','2026-02-01 10:00:00',NULL), (2,'C-002','Gracias','cerrado',2,2,NULL,'correo',4.5,NULL,'2026-02-02 09:00:00','2026-02-03 10:00:00','2026-02-03 10:00:00');
INSERT INTO mensajes VALUES (1,1,2,'Se quema',0,'2026-02-01 09:00:00'), (2,1,1,'¿Agua?',0,'2026-02-01 09:30:00'), (3,1,1,'llamarlo',1,'2026-02-01 10:00:00'), (4,2,2,'Gracias',0,'2026-02-02 09:00:00');
INSERT INTO adjuntos VALUES (1,1,'fuego.png','2026/02/fuego.png');
