// Asio and Beast, compiled once for the whole program (their separate-compilation switches are set in CMakeLists.txt).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
