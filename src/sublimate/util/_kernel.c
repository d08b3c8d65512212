/* Two inner loops, compiled: driver rows to Row, and driver rows to new objects. Optional; `kernel.py` says which loops of
   Python they stand for. Nothing here is called where the module was not built. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#if PY_VERSION_HEX >= 0x030E0000
#error "tested up to Python 3.13: later versions use the Python loops"
#endif

/* The value at `index` of a driver's row: a tuple, or any other sequence. A new reference. */
static inline PyObject *
value_at(PyObject *row, Py_ssize_t index)
{
    if (PyTuple_Check(row) && index < PyTuple_GET_SIZE(row)) {
        return Py_NewRef(PyTuple_GET_ITEM(row, index));
    }
    return PySequence_GetItem(row, index);
}

/* Row number `i` of a list or tuple of rows, or NULL with an error if the list has shrunk meanwhile. A new reference. */
static inline PyObject *
row_at(PyObject *raw, Py_ssize_t i)
{
    if (i >= PySequence_Fast_GET_SIZE(raw)) {
        PyErr_SetString(PyExc_RuntimeError, "rows changed while they were read");
        return NULL;
    }
    return Py_NewRef(PySequence_Fast_GET_ITEM(raw, i));
}

static PyObject *
one_row(PyTypeObject *row_class, PyObject *values)
{
    Py_ssize_t width = PySequence_Size(values);
    if (width < 0) {
        return NULL;
    }
    PyObject *row = row_class->tp_alloc(row_class, width);
    if (row == NULL) {
        return NULL;
    }
    int plain = 1;
    for (Py_ssize_t j = 0; j < width; j++) {
        PyObject *value = value_at(values, j);
        if (value == NULL) {
            Py_DECREF(row);
            return NULL;
        }
        PyTuple_SET_ITEM(row, j, value);
        plain = plain && !PyObject_IS_GC(value);
    }
    if (plain) {
        PyObject_GC_UnTrack(row); /* no cycle goes through it: the collector need not visit it, as with plain tuples */
    }
    return row;
}

PyDoc_STRVAR(rows_doc, "rows(row_class, raw) -> a list of row_class, a subclass of tuple that adds nothing to it.");

static PyObject *
kernel_rows(PyObject *module, PyObject *args)
{
    PyTypeObject *row_class;
    PyObject *given;
    if (!PyArg_ParseTuple(args, "O!O", &PyType_Type, &row_class, &given)) {
        return NULL;
    }
    if (!PyType_IsSubtype(row_class, &PyTuple_Type) || row_class->tp_basicsize != PyTuple_Type.tp_basicsize
        || row_class->tp_itemsize != PyTuple_Type.tp_itemsize || row_class->tp_dictoffset != 0) {
        PyErr_SetString(PyExc_TypeError, "rows() makes tuples of a subclass with __slots__ = ()");
        return NULL;
    }
    PyObject *raw = PySequence_Fast(given, "rows() takes a sequence of rows");
    if (raw == NULL) {
        return NULL;
    }
    Py_ssize_t count = PySequence_Fast_GET_SIZE(raw);
    PyObject *made = PyList_New(count);
    for (Py_ssize_t i = 0; made != NULL && i < count; i++) {
        PyObject *values = row_at(raw, i);
        PyObject *row = values == NULL ? NULL : one_row(row_class, values);
        Py_XDECREF(values);
        if (row == NULL) {
            Py_CLEAR(made);
        }
        else {
            PyList_SET_ITEM(made, i, row);
        }
    }
    Py_DECREF(raw);
    return made;
}

/* Store the row's values under their names, past the class's __setattr__: loading is no change. */
static int
fill(PyObject *object, PyObject *row, PyObject *names, const Py_ssize_t *positions, PyObject *processors)
{
    for (Py_ssize_t j = 0; j < PyTuple_GET_SIZE(names); j++) {
        PyObject *processor = PyTuple_GET_ITEM(processors, j);
        PyObject *value = value_at(row, positions[j]);
        if (value != NULL && processor != Py_None) {
            Py_SETREF(value, PyObject_CallOneArg(processor, value));
        }
        if (value == NULL) {
            return -1;
        }
        int failed = PyObject_GenericSetAttr(object, PyTuple_GET_ITEM(names, j), value);
        Py_DECREF(value);
        if (failed) {
            return -1;
        }
    }
    return 0;
}

static PyObject *
one_object(PyTypeObject *class, PyObject *none, PyObject *row, PyObject *names, const Py_ssize_t *positions,
           PyObject *processors, PyObject *state_name, PyObject *state)
{
    PyObject *object = PyBaseObject_Type.tp_new(class, none, NULL);
    if (object == NULL) {
        return NULL;
    }
    if (fill(object, row, names, positions, processors) || PyObject_GenericSetAttr(object, state_name, state)) {
        Py_DECREF(object);
        return NULL;
    }
    return object;
}

PyDoc_STRVAR(objects_doc, "objects(raw, class, names, positions, processors, state_name, state) -> a list of new objects.\n\n"
                          "Attribute names[j] is the row's value at positions[j], or what processors[j], if not None, makes of it.");

static PyObject *
kernel_objects(PyObject *module, PyObject *args)
{
    PyTypeObject *class;
    PyObject *given, *names, *places, *processors, *state_name, *state;
    if (!PyArg_ParseTuple(args, "OO!O!O!O!UO", &given, &PyType_Type, &class, &PyTuple_Type, &names, &PyTuple_Type, &places,
                          &PyTuple_Type, &processors, &state_name, &state)) {
        return NULL;
    }
    Py_ssize_t width = PyTuple_GET_SIZE(names);
    if (PyTuple_GET_SIZE(places) != width || PyTuple_GET_SIZE(processors) != width
        || class->tp_new != PyBaseObject_Type.tp_new) {
        PyErr_SetString(PyExc_TypeError, "objects() takes as many positions and processors as names, and a class of plain objects");
        return NULL;
    }
    PyObject *made = NULL, *none = PyTuple_New(0), *raw = PySequence_Fast(given, "objects() takes a sequence of rows");
    Py_ssize_t *positions = PyMem_New(Py_ssize_t, width + 1);
    if (none == NULL || raw == NULL || positions == NULL) {
        if (!PyErr_Occurred()) {
            PyErr_NoMemory();
        }
        goto done;
    }
    for (Py_ssize_t j = 0; j < width; j++) {
        positions[j] = PyLong_AsSsize_t(PyTuple_GET_ITEM(places, j));
        if (positions[j] < 0) {
            if (!PyErr_Occurred()) {
                PyErr_SetString(PyExc_ValueError, "positions count from 0");
            }
            goto done;
        }
    }
    Py_ssize_t count = PySequence_Fast_GET_SIZE(raw);
    made = PyList_New(count);
    for (Py_ssize_t i = 0; made != NULL && i < count; i++) {
        PyObject *row = row_at(raw, i);
        PyObject *object =
            row == NULL ? NULL : one_object(class, none, row, names, positions, processors, state_name, state);
        Py_XDECREF(row);
        if (object == NULL) {
            Py_CLEAR(made);
        }
        else {
            PyList_SET_ITEM(made, i, object);
        }
    }
done:
    PyMem_Free(positions);
    Py_XDECREF(none);
    Py_XDECREF(raw);
    return made;
}

static PyMethodDef methods[] = {
    {"rows", kernel_rows, METH_VARARGS, rows_doc},
    {"objects", kernel_objects, METH_VARARGS, objects_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "sublimate.util._kernel", .m_size = 0, .m_methods = methods, .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__kernel(void)
{
    return PyModuleDef_Init(&definition);
}
